import './begin';
import './panels/mantine.css';
import './panels/global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { queries } from './api/queries';
import { theme } from './panels/theme';
import { Viewer } from './panels/Viewer';

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto">
    <QueryClientProvider client={queries}>
      <Viewer />
    </QueryClientProvider>
  </MantineProvider>,
);
