import { createServer } from 'node:net';

/**
 * A program for a test: an HTTP server that answers requests without a Host header with 400, as many do, and others with
 * the status that the last `PUT /STATUS` named.
 *
 * `node demanding-server.ts IP PORT`
 */
const [ip, port] = process.argv.slice(2) as [string, string];
let status = 200;
createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (request) => {
    const told = /^PUT \/(\d+) /.exec(String(request))?.[1];
    if (told !== undefined) status = Number(told);
    const answer = told !== undefined ? 200 : /^host: \S/im.test(String(request)) ? status : 400;
    socket.end(`HTTP/1.1 ${answer} Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
}).listen(Number(port), ip, () => process.stdout.write('listening\n'));
