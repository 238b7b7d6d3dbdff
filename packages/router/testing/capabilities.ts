import type { DataPlane } from '@limpet/data-plane';
import { type Capability, capabilitiesOf } from '@limpet/haproxy';

/** Whether the HAProxy of a test can do something: what it cannot takes a reload, for instance. */
export const can = async ({ haproxy }: Pick<DataPlane, 'haproxy'>, capability: Capability): Promise<boolean> =>
  capabilitiesOf(await haproxy.version()).supported.has(capability);
