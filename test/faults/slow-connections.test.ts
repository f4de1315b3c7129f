// Very many connections that send nothing, or send it slowly. They are closed in time, and other
// clients are served in the meantime.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { it } from 'node:test';
import { describeFault, until } from '#test/support/faults/fault-suite.ts';

const connections = 1000;
const headerSeconds = 10;
/** Node checks for late headers every few seconds. */
const graceSeconds = 5;

describeFault('slow connections', { count: 1, onlyLong: true }, (rig) => {
  it('are closed while other clients are served', async (t) => {
    const { port } = rig().at(0);
    const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    let ended = 0;
    for (const socket of sockets) {
      socket.on('close', () => (ended += 1));
      socket.write('GET /health/live HTTP/1.1\r\nHost: id.exam');
    }

    const rp = await rig().relyingParty();
    const login = await rig().login(rp, await rig().createUser());
    assert.equal(await rp.isActive(login.accessToken), true);
    assert.equal(ended, 0);

    const patience = headerSeconds + graceSeconds;
    await until('all cut', async () => ended === connections, patience);
  });
});

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  return socket;
}
