/**
 * A router in a box: namespaces, real back ends and real clients around a real HAProxy.
 *
 * @module
 */
export { type BoxOptions, runInBox } from './box.ts';
export { checkBoxSupport, inBox } from './box-support.ts';
export { LabError, type LabErrorCode } from './errors.ts';
export { type Exec, type ExecResult, exec, type Spawn } from './exec.ts';
export { type Lab, type LabOptions, openLab } from './lab.ts';
export { requireTools, type Tool, withSystemFolders } from './tools.ts';
export type { Answer, Ask, Clients, Cookies, Held, Vm, Vms } from './traffic.ts';
