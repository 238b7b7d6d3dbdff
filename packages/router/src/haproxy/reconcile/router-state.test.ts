import { MemoryFiles } from '@limpet/data-plane/memory';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rule } from '../../../testing/rules.ts';
import { ruleId } from '../../names.ts';
import { StateFile } from '../state/state-file.ts';
import { RouterState } from './router-state.ts';

const path = '/limpet/state.json';
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
      const files = new MemoryFiles();
      const write = files.write.bind(files);
      const append = files.append.bind(files);
      const open = async () => {
        const file = new StateFile(files, path);
        return { file, state: new RouterState(await file.load()) };
      };
      let { file, state } = await open();
      const save = async (): Promise<void> => {
        await state.save(file);
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
          files.write = files.append = async () => {
            throw new Error('ENOSPC');
          };
          await state.save(file).catch(() => {});
          Object.assign(files, { write, append });
        }
        if (each.do === 'reopen') {
          await save();
          ({ file, state } = await open());
        }
      }
      await save();
    }),
  );
});
