import { describe, expect, it } from 'vitest';
import { createCheckModel } from '../transition-system/check-model.ts';
import { createView } from './view.ts';

describe('the view of a monitor', () => {
  it('names events in words that stay', () => {
    const model = createCheckModel({
      groups: 2,
      members: 2,
      symmetry: false,
      addressesMove: true,
      certificatesGo: true,
    });
    const { eventOf } = createView(model);
    const names = model.compiled.labels.map((_, label) => eventOf(2 * label + 1)).filter((name) => name !== undefined);
    expect([...new Set(names)].sort()).toMatchInlineSnapshot(`
      [
        "group-2/address-of-the-rule-comes-back",
        "group-2/another-operation-sends-a-snapshot-that-it-read-before-the-change",
        "group-2/answer-applied-arrives",
        "group-2/answer-inforce-arrives",
        "group-2/answer-refused-arrives",
        "group-2/certificate-of-the-rule-comes-back",
        "group-2/group-is-configured",
        "group-2/group-makes-up-for-a-missing-vm",
        "group-2/group-scales-down",
        "group-2/group-scales-up",
        "group-2/refused-change-is-tried-again",
        "group-2/router-applies-the-command",
        "group-2/router-refuses-the-command-without-the-address-of-the-rule",
        "group-2/router-refuses-the-command-without-the-certificate-of-the-rule",
        "group-2/router-verifies-the-rule",
        "group-2/user-changes-the-protocol",
        "group-2/user-changes-the-stickiness",
        "group-2/user-creates-a-rule-and-a-group",
        "group-2/user-deletes-the-group",
        "group-2/user-deletes-the-group-and-its-vms",
        "group-2/user-disables-the-group",
        "group-2/user-enables-the-group",
        "group-2/vm-1-has-started",
        "group-2/vm-1-is-destroyed",
        "group-2/vm-1-that-failed-is-destroyed",
        "group-2/vm-2-has-started",
        "group-2/vm-2-is-destroyed",
        "group-2/vm-2-is-drained",
        "group-2/vm-2-that-failed-is-destroyed",
        "router-has-started-and-is-sent-all-rules",
        "router-is-deployed",
        "router-is-in-reach-again-and-reports-its-rules",
        "router-is-started",
        "user-destroys-the-router",
        "user-reboots-the-router",
        "user-stops-the-router",
      ]
    `);
  });

  it.each([
    { groups: 1, members: 1 },
    { groups: 1, members: 2 },
  ])('can write a heartbeat wherever only users and faults go on, and everything is in force there: %j', (size) => {
    const model = createCheckModel({ ...size, symmetry: false, addressesMove: true, certificatesGo: true });
    const { heartbeatFields, heartbeatOf } = createView(model);
    const out = {
      states: new Uint32Array(model.maxSuccessors),
      labels: new Uint32Array(model.maxSuccessors),
      count: 0,
    };
    const seen = new Set(model.initial.map(([state]) => state!));
    let resting = 0;
    for (const state of seen) {
      const packed = Uint32Array.of(state);
      model.successors(packed, 0, out);
      const kinds = Array.from(out.labels.subarray(0, out.count), (label) => model.kindOf(label));
      for (const next of out.states.subarray(0, out.count)) seen.add(next);
      const fields = heartbeatOf(packed, 0);
      expect(fields === undefined).toBe(kinds.includes('system'));
      if (fields === undefined) continue;
      resting++;
      expect(fields[heartbeatFields.indexOf('served-1')]).toBe(true);
      expect(fields[heartbeatFields.indexOf('harm-1')]).toBe('none');
    }
    expect(resting).toBeGreaterThan(4);
  });
});
