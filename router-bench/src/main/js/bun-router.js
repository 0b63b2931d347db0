// A router on Bun, whose WebSockets are those of uWebSockets: what scripting on the fastest server off the shelf gives.
// Tokens are read and not verified, a user has one connection, and there are no limits.
//   scripts/bench compare --rows router,bun --peer 'bun=bun router-bench/src/main/js/bun-router.js 7300,7300,ws-router'

const port = Number(process.argv[2]);
const subprotocol = "ws-router.v1.json";
const connections = new Map();

function subject(request) {
  const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).sub;
}

function publish(server, from, command) {
  const { to, data } = command;
  const message = JSON.stringify({ type: "message", to, from: `user:${from}`, at: Date.now(), data });
  if (to.startsWith("user:")) {
    connections.get(to.slice("user:".length))?.send(message);
  } else {
    server.publish(to, message);
  }
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port,
  fetch(request, it) {
    const data = { user: subject(request) };
    const headers = { "Sec-WebSocket-Protocol": subprotocol };
    return it.upgrade(request, { data, headers }) ? undefined : new Response("not an upgrade", { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      const { user } = socket.data;
      connections.set(user, socket);
      socket.send(JSON.stringify({ type: "welcome", connection: `ws_${user}_0_00000000`, user, node: "bun" }));
    },
    close(socket) {
      connections.delete(socket.data.user);
    },
    message(socket, text) {
      const command = JSON.parse(text);
      switch (command.type) {
        case "publish":
          publish(server, socket.data.user, command);
          break;
        case "subscribe":
          socket.subscribe(command.to);
          socket.send(JSON.stringify({ type: "ok", id: command.id }));
          break;
        case "ping":
          socket.send(JSON.stringify({ type: "pong", id: command.id }));
          break;
      }
    },
  },
});

console.log(`listening on ${server.port}`);
