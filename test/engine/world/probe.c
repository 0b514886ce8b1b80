/* A volume plugin that is good for nothing but being installed.
 *   probe serve [argument…]   opens its socket and answers
 *   probe late                opens it after two seconds
 *   probe hang                never opens it
 *   probe die                 exits with status 1
 *   probe listen [argument…]  as show, unless another process has the host's port PORT
 *   probe show [argument…]    shows all that it got: variables, arguments, the inode of /state, devices
 * It shows what it was started with as a volume, so that a test can ask what it really got. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *SOCKET = "/run/docker/plugins/probe.sock";

static void answer(int client, const char *body) {
  char text[2048];
  int length = snprintf(text, sizeof text,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                        strlen(body), body);
  if (write(client, text, length) != length) perror("write");
}

/* The one volume that was created, if there is one. */
static char volume[128];

static void take(const char *request) {
  const char *at = strstr(request, "\"Name\":\"");
  volume[0] = 0;
  if (at) sscanf(at + 8, "%127[^\"]", volume);
}

static void list(int client, const char *shown) {
  char text[1536];
  snprintf(text, sizeof text, "{\"Volumes\":[{\"Name\":\"%s\"}%s%s%s],\"Err\":\"\"}", shown,
           volume[0] ? ",{\"Name\":\"" : "", volume, volume[0] ? "\"}" : "");
  answer(client, text);
}

static void serve(int client, const char *shown) {
  char request[4096] = {0};
  ssize_t length = read(client, request, sizeof request - 1);
  if (length <= 0) return;
  if (strstr(request, "/Plugin.Activate")) answer(client, "{\"Implements\":[\"VolumeDriver\"]}");
  else if (strstr(request, "/VolumeDriver.List")) list(client, shown);
  else if (strstr(request, "/VolumeDriver.Create")) take(request), answer(client, "{\"Err\":\"\"}");
  else if (strstr(request, "/VolumeDriver.Remove")) volume[0] = 0, answer(client, "{\"Err\":\"\"}");
  else if (volume[0] && strstr(request, "/VolumeDriver.Get")) {
    char text[256];
    snprintf(text, sizeof text, "{\"Volume\":{\"Name\":\"%s\"},\"Err\":\"\"}", volume);
    answer(client, text);
  }
  else if (strstr(request, "/VolumeDriver.Capabilities"))
    answer(client, "{\"Capabilities\":{\"Scope\":\"local\"}}");
  else answer(client, "{\"Err\":\"not here\"}");
}

/* The first process of a namespace is not ended by a signal that it does not handle. */
static void end(int number) {
  (void)number;
  _exit(0);
}

static const char *VARIABLES[] = {"DEBUG", "FIXED", "LEVEL", "HIDDEN"};
static const char *DEVICES[] = {"/dev/kmsg", "/dev/fuse", "/dev/hwrng"};

static void describe(char *text, size_t size, int count, char **arguments) {
  size_t used = 0;
  for (size_t k = 0; k < sizeof VARIABLES / sizeof *VARIABLES; k++) {
    const char *value = getenv(VARIABLES[k]);
    if (value) used += snprintf(text + used, size - used, "%s=%s ", VARIABLES[k], value);
  }
  for (int k = 2; k < count; k++) used += snprintf(text + used, size - used, "arg=%s ", arguments[k]);
  for (size_t k = 0; k < sizeof DEVICES / sizeof *DEVICES; k++)
    if (!access(DEVICES[k], F_OK)) used += snprintf(text + used, size - used, "%s ", DEVICES[k]);
  struct stat state;
  if (!stat("/state", &state)) snprintf(text + used, size - used, "state=%lu", (unsigned long)state.st_ino);
}

/* Takes a port of loopback until the process ends; not 0 where another process has it. */
static int take_port(const char *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 0)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int server = socket(AF_INET, SOCK_STREAM, 0);
  return bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 1);
}

int main(int count, char **arguments) {
  const char *mode = count > 1 ? arguments[1] : "serve";
  signal(SIGTERM, end);
  if (!strcmp(mode, "die")) return 1;
  if (!strcmp(mode, "hang"))
    for (;;) pause();
  if (!strcmp(mode, "late")) sleep(2);
  if (!strcmp(mode, "listen")) {
    if (take_port(getenv("PORT"))) return 1;
    mode = "show";
  }

  const char *debug = getenv("DEBUG");
  const char *last = count > 2 ? arguments[count - 1] : "none";
  char shown[768];
  if (!strcmp(mode, "show")) describe(shown, sizeof shown, count, arguments);
  else snprintf(shown, sizeof shown, "DEBUG=%s,last=%s", debug ? debug : "none", last);

  mkdir("/run", 0755);
  mkdir("/run/docker", 0755);
  mkdir("/run/docker/plugins", 0755);
  int server = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, SOCKET, sizeof address.sun_path - 1);
  unlink(SOCKET);
  if (server < 0 || bind(server, (struct sockaddr *)&address, sizeof address) ||
      listen(server, 16)) {
    perror(SOCKET);
    return 2;
  }
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    serve(client, shown);
    close(client);
  }
}
