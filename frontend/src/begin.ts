/** What can be begun before the page itself is there: must be imported first. */

import { startDecoder } from './api/decoder';
import { fetchAhead } from './api/queries';
import { followAddress } from './panels/address';
import { useStore } from './state/store';

followAddress();
const { layerId, previousId, compare } = useStore.getState().view;
void fetchAhead(layerId);
if (compare) void fetchAhead(previousId);
startDecoder();
