import type { Step } from '../plan/plan.ts';

/** Describes drift of HAProxy by the step that would repair it; for people, without the rule. */
export function describeDrift(step: Step): string {
  switch (step.do) {
    case 'start':
      return 'HAProxy is not running';
    case 'reload':
      return `only a reload of HAProxy mends it: ${step.reason}`;
    case 'add-server':
      return `HAProxy lacks server ${step.server.name} ${step.server.ip}:${step.server.port}`;
    case 'set-addr':
      return `HAProxy has server ${step.server.name} at another address than ${step.server.ip}:${step.server.port}`;
    case 'set-weight':
      return `HAProxy gives server ${step.server.name} another weight than ${step.server.weight}`;
    case 'enable-health':
      return `HAProxy does not check server ${step.server.name}`;
    case 'set-ready':
      return `HAProxy has server ${step.server.name} in maintenance`;
    case 'set-maint':
      return `HAProxy does not have server ${step.server.name} in maintenance`;
    case 'retire-server':
      return `HAProxy has server ${step.server}, which is no member of the rule`;
    case 'set-map':
      return `HAProxy's map has ${step.by === 'add' ? 'no entry for the rule' : 'another entry for the rule'}: its stickiness is not "${step.to}"`;
    case 'set-maxconn':
      return `HAProxy's limit of connections is not ${step.to}`;
    case 'enable-frontend':
      return "HAProxy's frontend is disabled: it refuses new clients";
    case 'update-certificate':
      return `HAProxy has another certificate than ${step.file} has now`;
  }
}
