import '@mantine/core/styles.css';
import './panels/global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { startDecoder } from './api/decoder';
import { fetchAhead, queries } from './api/queries';
import { followAddress } from './panels/address';
import { theme } from './panels/theme';
import { Viewer } from './panels/Viewer';
import { useStore } from './state/store';

followAddress();
const { layerId, previousId, compare } = useStore.getState().view;
void fetchAhead(layerId);
if (compare) void fetchAhead(previousId);
startDecoder();

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={queries}>
      <Viewer />
    </QueryClientProvider>
  </MantineProvider>,
);
