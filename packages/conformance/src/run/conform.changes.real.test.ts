import { playOnReal } from '../../testing/play-on-real.ts';

playOnReal('changes');
