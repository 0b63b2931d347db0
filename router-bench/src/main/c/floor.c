/*
 * What the kernel alone costs: a router with nothing in it but sockets. No safety of any kind: tokens are not verified, nothing is
 * limited, and bad input may do anything. It speaks what a load needs of ws-router.v1.json, on loopback:
 *
 *   floor PORT THREADS        PORT 0: a free one, which it prints
 *
 * Each thread has an epoll. A connection lives on the thread of its user, so that tables have no locks; what is for another thread goes
 * through its inbox. What a turn gathers for a connection leaves in one send().
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 1024, READ_BYTES = 1 << 16, BUCKETS = 1 << 15, NAME_BYTES = 256, HEAD_BYTES = 16384 };
enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };
enum kind { ADOPT, MESSAGE };

struct buffer { uint8_t *bytes; size_t length, capacity; };
struct name { uint32_t hash, length; char text[NAME_BYTES]; };

struct connection {
  int fd;
  bool offers_subprotocol, is_upgraded, is_gathered, waits_for_room;
  struct name *user;
  char accept[29];
  struct buffer in, out;
  struct connection *next;  /* in the bucket of its user, later among the closed */
};
struct topic { struct name name; struct connection **members; size_t length, capacity; struct topic *next; };
struct worker {
  pthread_t thread;
  int epoll, listener, wake;
  pthread_mutex_t lock;
  struct buffer inbox, drained;
  struct connection *users[BUCKETS], *closed, **gathered;
  struct topic *topics;
  size_t gathered_length, gathered_capacity;
};
/* The name comes last, and only what it is long is handed over. */
struct parcel { enum kind kind; struct connection *connection; size_t length; struct name to; };

static struct worker *workers;
static unsigned worker_count;
static _Thread_local struct worker *me;
static _Thread_local uint8_t scratch[READ_BYTES + 16];

static void append(struct buffer *buffer, const void *bytes, size_t length) {
  if (buffer->length + length > buffer->capacity) {
    buffer->capacity = (buffer->length + length) * 2;
    buffer->bytes = realloc(buffer->bytes, buffer->capacity);
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

static void name_of(struct name *name, const char *text, size_t length) {
  name->length = length < NAME_BYTES ? length : NAME_BYTES;
  memcpy(name->text, text, name->length);
  name->hash = 2166136261u;
  for (uint32_t i = 0; i < name->length; i++) name->hash = (name->hash ^ (uint8_t)text[i]) * 16777619u;
}

static bool equal(const struct name *a, const struct name *b) {
  return a->hash == b->hash && a->length == b->length && !memcmp(a->text, b->text, a->length);
}

static struct worker *home_of(const struct name *user) { return &workers[(user->hash >> 16) % worker_count]; }

/* The string that follows a key of a JSON text, or null; it has no escapes. */
static const char *string_of(const char *key, const char *text, size_t length, size_t *string_length) {
  const char *start = memmem(text, length, key, strlen(key)), *end;
  start = start ? memchr(start + strlen(key), '"', text + length - start - strlen(key)) : NULL;
  end = start ? memchr(start + 1, '"', text + length - start - 1) : NULL;
  if (!end) return NULL;
  *string_length = end - start - 1;
  return start + 1;
}

/* ---- out */

static void gather(struct connection *c, const void *bytes, size_t length) {
  append(&c->out, bytes, length);
  if (c->is_gathered) return;
  c->is_gathered = true;
  if (me->gathered_length == me->gathered_capacity) {
    me->gathered_capacity = me->gathered_capacity * 2 + 64;
    me->gathered = realloc(me->gathered, me->gathered_capacity * sizeof *me->gathered);
  }
  me->gathered[me->gathered_length++] = c;
}

static size_t frame_head(uint8_t *head, int opcode, size_t length) {
  head[0] = 0x80 | opcode;
  if (length < 126) { head[1] = length; return 2; }
  head[1] = 126; head[2] = length >> 8; head[3] = length;
  return 4;
}

static void gather_frame(struct connection *c, int opcode, const void *payload, size_t length) {
  uint8_t head[4];
  gather(c, head, frame_head(head, opcode, length));
  gather(c, payload, length);
}

static void watch(struct connection *c, int operation, uint32_t events) {
  struct epoll_event event = {events, {.ptr = c}};
  epoll_ctl(me->epoll, operation, c->fd, &event);
}

static void flush(struct connection *c) {
  size_t sent = 0;
  c->is_gathered = false;
  while (sent < c->out.length) {
    ssize_t n = send(c->fd, c->out.bytes + sent, c->out.length - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) break;
    if (n < 0) { c->out.length = 0; return; }  /* the next read tells that it is gone */
    sent += n;
  }
  c->out.length -= sent;
  if (c->out.length) memmove(c->out.bytes, c->out.bytes + sent, c->out.length);
  if (c->waits_for_room != (c->out.length > 0)) {
    c->waits_for_room = c->out.length > 0;
    watch(c, EPOLL_CTL_MOD, EPOLLIN | (c->waits_for_room ? EPOLLOUT : 0));
  }
}

/* ---- other threads */

static size_t parcel_bytes(const struct parcel *parcel) { return offsetof(struct parcel, to.text) + parcel->to.length; }

static void hand_over(struct worker *to, const struct parcel *parcel, const void *bytes) {
  pthread_mutex_lock(&to->lock);
  bool was_empty = to->inbox.length == 0;
  append(&to->inbox, parcel, parcel_bytes(parcel));
  append(&to->inbox, bytes, parcel->length);
  pthread_mutex_unlock(&to->lock);
  uint64_t one = 1;
  if (was_empty && write(to->wake, &one, sizeof one) < 0) perror("eventfd");
}

/* ---- routing */

static struct topic *find_topic(const struct name *name) {
  struct topic *topic = me->topics;
  while (topic && !equal(&topic->name, name)) topic = topic->next;
  return topic;
}

static void subscribe(struct connection *c, const struct name *name) {
  struct topic *topic = find_topic(name);
  if (!topic) {
    topic = calloc(1, sizeof *topic);
    topic->name = *name;
    topic->next = me->topics;
    me->topics = topic;
  }
  if (topic->length == topic->capacity) {
    topic->capacity = topic->capacity * 2 + 16;
    topic->members = realloc(topic->members, topic->capacity * sizeof *topic->members);
  }
  topic->members[topic->length++] = c;
}

/* To those receivers that live here; the name is an address. */
static void deliver(const struct name *to, const void *frame, size_t length) {
  if (!strncmp(to->text, "topic:", 6)) {
    struct topic *topic = find_topic(to);
    for (size_t i = 0; topic && i < topic->length; i++) gather(topic->members[i], frame, length);
    return;
  }
  for (struct connection *c = me->users[to->hash % BUCKETS]; c; c = c->next)
    if (equal(c->user, to)) gather(c, frame, length);
}

static void publish(struct connection *c, const struct name *to, const char *data, size_t data_length) {
  static _Thread_local uint8_t frame[READ_BYTES + 1024];
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  char *text = (char *)frame + 4, *end = text;
  end = mempcpy(end, "{\"type\":\"message\",\"to\":\"", 24);
  end = mempcpy(end, to->text, to->length);
  end = mempcpy(end, "\",\"from\":\"", 10);
  end = mempcpy(end, c->user->text, c->user->length);
  end = mempcpy(end, "\",\"at\":", 7);
  uint64_t at = now.tv_sec * 1000ull + now.tv_nsec / 1000000;
  for (int i = 12; i >= 0; i--, at /= 10) end[i] = '0' + at % 10;
  end = mempcpy(end + 13, ",\"data\":", 8);
  end = mempcpy(end, data, data_length);
  size_t length = end - text;
  uint8_t *start = frame + (length < 126 ? 2 : 0);
  length += frame_head(start, TEXT, length);
  struct parcel parcel = {.kind = MESSAGE, .length = length};
  memcpy(&parcel.to, to, offsetof(struct name, text) + to->length);
  bool is_topic = !strncmp(to->text, "topic:", 6);
  for (struct worker *w = workers; w < workers + worker_count; w++) {
    if (!is_topic && w != home_of(to)) continue;
    if (w == me) deliver(to, start, length); else hand_over(w, &parcel, start);
  }
}

static void on_text(struct connection *c, const char *text, size_t length) {
  size_t to_length, id_length;
  struct name to;
  const char *address = string_of("\"to\":", text, length, &to_length);
  if (!address) return;
  name_of(&to, address, to_length);
  if (memmem(text, length, "\"publish\"", 9)) {
    const char *data = memmem(text, length, "\"data\":", 7);
    if (data) publish(c, &to, data + 7, text + length - (data + 7));
  } else if (memmem(text, length, "\"subscribe\"", 11)) {
    char ok[512];
    const char *id = string_of("\"id\":", text, length, &id_length);
    subscribe(c, &to);
    if (id && id_length < 256)
      gather_frame(c, TEXT, ok, sprintf(ok, "{\"type\":\"ok\",\"id\":\"%.*s\"}", (int)id_length, id));
  }
}

/* ---- handshake */

static uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

/* SHA-1 (RFC 3174) of the 60 bytes of key and GUID, which with their padding are two blocks. */
static void sha1(const char *text, uint8_t *digest) {
  uint8_t blocks[128] = {0};
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}, w[80];
  static const uint32_t k[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
  memcpy(blocks, text, 60);
  blocks[60] = 0x80;
  blocks[126] = 60 * 8 >> 8;
  blocks[127] = (uint8_t)(60 * 8);
  for (uint8_t *block = blocks; block < blocks + 128; block += 64) {
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 80; i++) {
      if (i < 16) memcpy(&w[i], block + 4 * i, 4), w[i] = ntohl(w[i]);
      else w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t next = rotate(a, 5) + f + e + k[i / 20] + w[i];
      e = d; d = c; c = rotate(b, 30); b = a; a = next;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = h[i / 4] >> (24 - i % 4 * 8);
}

static void accept_of(const char *key, char *accept) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char text[61];
  uint8_t digest[21] = {0};
  sprintf(text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  sha1(text, digest);
  for (int i = 0; i < 28; i++) {
    uint32_t bits = digest[i / 4 * 3] << 16 | digest[i / 4 * 3 + 1] << 8 | digest[i / 4 * 3 + 2];
    accept[i] = digits[bits >> (18 - i % 4 * 6) & 63];
  }
  memcpy(accept + 27, "=", 2);
}

static int base64url(char c) {
  return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* The user of a token, believed without looking at its signature. */
static bool read_user(struct connection *c, const char *token) {
  char claims[HEAD_BYTES];
  size_t length = 0, sub_length;
  uint32_t bits = 0;
  int digit;
  const char *at = strchr(token, '.');
  for (int i = 1; at && (digit = base64url(at[i])) >= 0; i++) {
    bits = bits << 6 | digit;
    if (i % 4 != 1) claims[length++] = bits >> (i % 4 == 2 ? 4 : i % 4 == 3 ? 2 : 0);
  }
  const char *sub = string_of("\"sub\":", claims, length, &sub_length);
  if (!sub || sub_length > NAME_BYTES - 6) return false;
  char address[NAME_BYTES];
  c->user = malloc(sizeof *c->user);
  name_of(c->user, address, mempcpy(mempcpy(address, "user:", 5), sub, sub_length) - (void *)address);
  c->user = realloc(c->user, sizeof *c->user - NAME_BYTES + c->user->length);
  return true;
}

/* On its user's thread. */
static void adopt(struct connection *c) {
  char answer[512], welcome[1024], sub[NAME_BYTES];
  int length = sprintf(answer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: %s\r\n%s\r\n", c->accept, c->offers_subprotocol ? "Sec-WebSocket-Protocol: ws-router.v1.json\r\n" : "");
  struct connection **bucket = &me->users[c->user->hash % BUCKETS];
  c->next = *bucket;
  *bucket = c;
  c->is_upgraded = true;
  watch(c, EPOLL_CTL_ADD, EPOLLIN);
  sprintf(sub, "%.*s", (int)c->user->length - 5, c->user->text + 5);
  gather(c, answer, length);
  gather_frame(c, TEXT, welcome, sprintf(welcome, "{\"type\":\"welcome\",\"connection\":\"ws_%s_0_00000000\",\"user\":\"%s\",\"node\":\"floor\","
    "\"heartbeat\":0,\"maxMessageBytes\":65535,\"expires\":0}", sub, sub));
}

static void bury(struct connection *c) {
  epoll_ctl(me->epoll, EPOLL_CTL_DEL, c->fd, NULL);
  close(c->fd);
  c->fd = -1;
  if (c->is_upgraded) {
    struct connection **link = &me->users[c->user->hash % BUCKETS];
    while (*link != c) link = &(*link)->next;
    *link = c->next;
    for (struct topic *topic = me->topics; topic; topic = topic->next)
      for (size_t i = 0; i < topic->length; i++)
        if (topic->members[i] == c) topic->members[i--] = topic->members[--topic->length];
  }
  c->next = me->closed;
  me->closed = c;
}

static void on_head(struct connection *c) {
  append(&c->in, "", 1);
  char *head = (char *)c->in.bytes, *key = strcasestr(head, "\r\nSec-WebSocket-Key: "), *token = strcasestr(head, "\r\nAuthorization: Bearer ");
  if (c->in.length < HEAD_BYTES && !strstr(head, "\r\n\r\n")) { c->in.length--; return; }
  if (c->in.length >= HEAD_BYTES || !key || !token || !read_user(c, token + 24)) { bury(c); return; }
  accept_of(key + 21, c->accept);
  c->offers_subprotocol = strstr(head, "ws-router.v1.json");
  c->in.length = 0;
  epoll_ctl(me->epoll, EPOLL_CTL_DEL, c->fd, NULL);
  struct parcel parcel = {.kind = ADOPT, .connection = c};
  if (home_of(c->user) == me) adopt(c); else hand_over(home_of(c->user), &parcel, NULL);
}

/* ---- in */

static void unmask(uint8_t *payload, size_t length, const uint8_t *key) {
  uint64_t mask = 0, word;
  size_t i = 0;
  memcpy(&mask, key, 4);
  mask |= mask << 32;
  for (; i + 8 <= length; i += 8) { memcpy(&word, payload + i, 8); word ^= mask; memcpy(payload + i, &word, 8); }
  for (; i < length; i++) payload[i] ^= key[i % 4];
}

/* Carries out the frames that are whole and returns how many bytes they were; frames are never fragmented. */
static size_t on_frames(struct connection *c, uint8_t *bytes, size_t available) {
  size_t done = 0;
  while (available - done >= 6) {
    uint8_t *frame = bytes + done;
    size_t length = frame[1] & 127, head = 6;
    if (length == 126) { length = frame[2] << 8 | frame[3]; head = 8; }
    if (frame[1] == 255) { bury(c); return available; }
    if (available - done < head + length) break;
    unmask(frame + head, length, frame + head - 4);
    done += head + length;
    int opcode = frame[0] & 15;
    if (opcode == TEXT) on_text(c, (char *)frame + head, length);
    if (opcode == PING) gather_frame(c, PONG, frame + head, length);
    if (opcode == CLOSE) { gather_frame(c, CLOSE, frame + head, length); flush(c); bury(c); return available; }
  }
  return done;
}

static void on_readable(struct connection *c) {
  ssize_t n = recv(c->fd, scratch, READ_BYTES, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) { bury(c); return; }
  if (!c->is_upgraded) { append(&c->in, scratch, n); on_head(c); return; }
  if (c->in.length == 0) {
    size_t done = on_frames(c, scratch, n);
    if (done < (size_t)n) append(&c->in, scratch + done, n - done);
    return;
  }
  append(&c->in, scratch, n);
  size_t done = on_frames(c, c->in.bytes, c->in.length);
  c->in.length -= done;
  memmove(c->in.bytes, c->in.bytes + done, c->in.length);
}

static void on_accept(void) {
  int fd, one = 1;
  while ((fd = accept4(me->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    watch(c, EPOLL_CTL_ADD, EPOLLIN);
  }
}

static void on_inbox(void) {
  uint64_t wakes;
  if (read(me->wake, &wakes, sizeof wakes) < 0) return;
  pthread_mutex_lock(&me->lock);
  struct buffer full = me->inbox;
  me->inbox = me->drained;
  me->drained = full;
  me->inbox.length = 0;
  pthread_mutex_unlock(&me->lock);
  for (size_t at = 0; at < full.length;) {
    struct parcel parcel;
    memcpy(&parcel, full.bytes + at, offsetof(struct parcel, to.text));
    memcpy(parcel.to.text, full.bytes + at + offsetof(struct parcel, to.text), parcel.to.length);
    at += parcel_bytes(&parcel);
    if (parcel.kind == ADOPT) adopt(parcel.connection); else deliver(&parcel.to, full.bytes + at, parcel.length);
    at += parcel.length;
  }
}

static void turn(void) {
  static _Thread_local struct epoll_event events[EVENTS];
  int count = epoll_wait(me->epoll, events, EVENTS, -1);
  for (int i = 0; i < count; i++) {
    struct connection *c = events[i].data.ptr;
    if (events[i].data.ptr == me) on_inbox();
    else if (events[i].data.ptr == &me->listener) on_accept();
    else {
      if (c->fd >= 0 && events[i].events & EPOLLOUT) flush(c);
      if (c->fd >= 0 && events[i].events & ~EPOLLOUT) on_readable(c);
    }
  }
  for (size_t i = 0; i < me->gathered_length; i++) if (me->gathered[i]->fd >= 0) flush(me->gathered[i]);
  me->gathered_length = 0;
  while (me->closed) {
    struct connection *c = me->closed;
    me->closed = c->next;
    free(c->user);
    free(c->in.bytes);
    free(c->out.bytes);
    free(c);
  }
}

static void *run(void *worker) {
  me = worker;
  for (;;) turn();
  return NULL;
}

static int listen_on(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  socklen_t length = sizeof *address;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (bind(fd, (void *)address, length) || listen(fd, 65535) || getsockname(fd, (void *)address, &length)) {
    perror("floor: listen");
    exit(1);
  }
  return fd;
}

int main(int count, char **arguments) {
  worker_count = count == 3 ? atoi(arguments[2]) : 0;
  if (worker_count < 1 || worker_count > 64) {
    fprintf(stderr, "usage: floor PORT THREADS (1 to 64)\n");
    return 2;
  }
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  workers = calloc(worker_count, sizeof *workers);
  for (struct worker *w = workers; w < workers + worker_count; w++) {
    w->epoll = epoll_create1(0);
    w->listener = listen_on(&address);
    w->wake = eventfd(0, EFD_NONBLOCK);
    pthread_mutex_init(&w->lock, NULL);
    struct epoll_event listener = {EPOLLIN, {.ptr = &w->listener}}, wake = {EPOLLIN, {.ptr = w}};
    epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->listener, &listener);
    epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &wake);
  }
  printf("listens on ws://127.0.0.1:%d/ws\n", ntohs(address.sin_port));
  fflush(stdout);
  for (struct worker *w = workers + 1; w < workers + worker_count; w++) pthread_create(&w->thread, NULL, run, w);
  run(workers);
}
