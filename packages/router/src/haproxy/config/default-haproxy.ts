import { type Capabilities, capabilitiesOf } from '@limpet/haproxy';

/** What is assumed of a HAProxy that was not asked: Debian 12's, which CloudStack's routers have since 4.20. */
export const defaultHaproxy: Capabilities = capabilitiesOf({ text: '2.6.12', branch: '2.6' });
