import { playCommand } from './transcript-commands.ts';
import { TranscriptSession } from './transcript-session.ts';

/**
 * Transcripts in the manner of etcd raft's interaction tests (`datadriven`): blocks of command lines, `----`, and what
 * came of them, up to an empty line. Lines that begin with `#` are for people.
 *
 * @module
 */
const separator = '----';

/** Plays a transcript, and returns it with the outputs as they are now. `opened` is given its session first. */
export async function playTranscript(text: string, opened: (session: TranscriptSession) => void): Promise<string> {
  const session = new TranscriptSession();
  opened(session);
  await session.startVms();
  const blocks: string[] = [];
  for (const paragraph of text.trim().split(/\n{2,}/)) blocks.push((await playBlock(session, paragraph)).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

async function playBlock(session: TranscriptSession, paragraph: string): Promise<string[]> {
  const lines = paragraph.split('\n');
  const end = lines.indexOf(separator);
  const input = end < 0 ? lines : lines.slice(0, end);
  const commands = input.filter((line) => !line.startsWith('#'));
  if (commands.length === 0) return input;
  for (const command of commands) await playCommand(session, command);
  await session.rest();
  const output = session.output.take();
  return [...input, separator, ...(output.length > 0 ? output : ['ok'])];
}
