import { playOnAgent } from '../../testing/play-on-agent.ts';

playOnAgent('memory', ['stories']);
