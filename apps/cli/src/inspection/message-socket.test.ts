import { stat } from 'node:fs/promises';
import type { Message } from '@limpet/inspection';
import { expect, it } from 'vitest';
import { createRunRecorder } from './live-run.ts';
import { receiveMessages, sendMessages } from './message-socket.ts';

it('brings all messages over, in their order and with their time, and leaves no socket', async () => {
  const { recorder, take } = createRunRecorder('s');
  const receiver = await receiveMessages(take);
  const sender = await sendMessages(receiver.socket);
  const sent = Array.from(
    { length: 2000 },
    (_, at): Message => ({ seq: at + 1, at: at * 2, kind: 'fault', what: `\n${at}` }),
  );
  for (const message of sent) sender.send(message);
  await sender.close();
  await receiver.close();
  expect(recorder.read(1).messages.map(({ message }) => message)).toEqual(sent);
  await expect(stat(receiver.socket)).rejects.toThrow('ENOENT');
  await expect(sendMessages(receiver.socket)).rejects.toThrow('ENOENT');
});
