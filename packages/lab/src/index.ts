/**
 * A router in a box: namespaces, real back ends and real clients around a real HAProxy.
 *
 * @module
 */

export { borrowLab } from './borrow-lab.ts';
export { checkBoxSupport, inBox } from './box/box-support.ts';
export { type BoxOptions, runInBox } from './box/run-in-box.ts';
export { LabError, type LabErrorCode } from './errors.ts';
export { type Exec, type ExecResult, exec, type Spawn } from './exec.ts';
export type { RouterPrograms } from './hosts/router-programs.ts';
export { type Lab, type LabOptions, openLab } from './lab.ts';
export { openPairLab, type PairedRouter, type PairLab, type PairLabOptions } from './pair-lab.ts';
export { requireTools, type Tool, withSystemFolders } from './tools.ts';
export type { Answer, Ask, Clients, Cookies, Held, Vm, Vms } from './traffic/traffic.ts';
