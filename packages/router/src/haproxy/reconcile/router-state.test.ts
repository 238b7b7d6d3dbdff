import { MemoryFiles, MemoryStateStore } from '@limpet/data-plane/memory';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { ruleId } from '../../names.ts';
import { routerPaths } from '../config/paths.ts';
import { StoredState } from '../state/stored-state.ts';
import { RouterState } from './router-state.ts';

const paths = routerPaths('/limpet');
const ports = [80, 81, 82] as const;
const idOf = (port: number): string => ruleId(rule({ port }));

const port = fc.constantFrom(...ports);
const step = fc.oneof(
  fc.record({ do: fc.constant('put' as const), port }),
  fc.record({ do: fc.constant('remove' as const), port }),
  fc.record({ do: fc.constant('sync' as const), ports: fc.uniqueArray(port) }),
  fc.record({ do: fc.constant('in force' as const), port }),
  fc.record({ do: fc.constant('forget' as const), port }),
  fc.record({ do: fc.constant('ids' as const), port }),
  fc.record({ do: fc.constantFrom('save' as const, 'fail' as const, 'reopen' as const) }),
);

it('is on disk after a save as it is, whatever was done to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const stateStore = new MemoryStateStore();
      const ports = { files: new MemoryFiles(), stateStore };
      const commit = stateStore.commit.bind(stateStore);
      const open = async () => {
        const stored = new StoredState(ports, paths);
        return { stored, state: new RouterState(await stored.open()) };
      };
      let { stored, state } = await open();
      const save = async (): Promise<void> => {
        await state.save(stored);
        expect((await open()).state.store).toEqual(state.store);
      };
      for (const [at, each] of steps.entries()) {
        const generation = at + 1;
        if (each.do === 'put') state.putRule({ rule: rule({ port: each.port }), generation });
        if (each.do === 'remove') state.removeRule({ key: rule({ port: each.port }), generation });
        if (each.do === 'sync') {
          const rules = each.ports.map((one) => ({ rule: rule({ port: one }), generation }));
          state.syncRules({ rules, revision: generation });
        }
        if (each.do === 'in force') state.recordInForce(idOf(each.port), state.store.desired.rules[idOf(each.port)]);
        if (each.do === 'forget') state.forget(idOf(each.port));
        if (each.do === 'ids') {
          const ids = { ...state.store.serverIds.ids, [idOf(each.port)]: { vm1: at } };
          state.recordServerIds({ next: at, ids }, [idOf(each.port)]);
        }
        if (each.do === 'save') await save();
        if (each.do === 'fail') {
          stateStore.commit = async () => {
            throw new Error('ENOSPC');
          };
          await state.save(stored).catch(() => {});
          stateStore.commit = commit;
        }
        if (each.do === 'reopen') {
          await save();
          ({ stored, state } = await open());
        }
      }
      await save();
    }),
  );
});
