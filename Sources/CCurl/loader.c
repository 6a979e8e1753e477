#include "CCurl.h"

#include "CLateLibrary.h"

#include <pthread.h>
#include <sys/socket.h>

#ifdef __APPLE__
static const char *const library_names[] = {"libcurl.4.dylib", "/usr/lib/libcurl.4.dylib", NULL};
#else
static const char *const library_names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
#endif

// Every function that we use, declared with its type from the header.
#define FUNCTIONS(each)                                                                          \
  each(curl_global_init) each(curl_version_info) each(curl_easy_init) each(curl_easy_cleanup)    \
  each(curl_easy_reset) each(curl_easy_pause) each(curl_easy_strerror) each(curl_easy_setopt)    \
  each(curl_easy_getinfo) each(curl_multi_init) each(curl_multi_cleanup)                         \
  each(curl_multi_add_handle) each(curl_multi_remove_handle) each(curl_multi_perform)            \
  each(curl_multi_poll) each(curl_multi_wakeup) each(curl_multi_setopt)                          \
  each(curl_multi_info_read) each(curl_slist_append) each(curl_slist_free_all) each(curl_url)    \
  each(curl_url_cleanup) each(curl_url_set) each(curl_url_get) each(curl_free)

// The header wraps some functions in macros that check types; we need their plain names here.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

static struct {
  FUNCTIONS(LATE_MEMBER)
} library;

static const struct late_function functions[] = {FUNCTIONS(LATE_FUNCTION)};

static const char *fault(void) {
  const unsigned oldest = 0x075000;
  return library.curl_version_info(CURLVERSION_NOW)->version_num < oldest
             ? "it is older than 7.80.0" : NULL;
}

static const char *failure = "it was not asked for";

static void load(const char *prefix) {
  static char reason[512];
  static struct late_library description = {
      .functions = functions, .function_count = sizeof functions / sizeof *functions,
      .fault = fault, .names = library_names, .package_pattern = "pycurl.libs/libcurl-*.so.*"};
  failure = late_load(&description, prefix, reason, sizeof reason);
  if (!failure && library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    failure = "it cannot be initialised";
}

const char *comfy_curl_load(const char *prefix) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static bool is_asked;
  pthread_mutex_lock(&mutex);
  if (!is_asked) load(prefix);
  is_asked = true;
  pthread_mutex_unlock(&mutex);
  return failure;
}

const char *comfy_curl_version(void) {
  return library.curl_version_info(CURLVERSION_NOW)->version;
}

const char *comfy_curl_tls(void) {
  return library.curl_version_info(CURLVERSION_NOW)->ssl_version;
}

const char *comfy_curl_certificates(void) {
  const curl_version_info_data *info = library.curl_version_info(CURLVERSION_NOW);
  return info->cainfo ? info->cainfo : info->capath;
}

CURL *comfy_easy_init(void) { return library.curl_easy_init(); }
void comfy_easy_cleanup(CURL *easy) { library.curl_easy_cleanup(easy); }
void comfy_easy_reset(CURL *easy) { library.curl_easy_reset(easy); }
CURLcode comfy_easy_pause(CURL *easy, int mask) { return library.curl_easy_pause(easy, mask); }
const char *comfy_easy_strerror(CURLcode code) { return library.curl_easy_strerror(code); }

CURLcode comfy_easy_set_long(CURL *easy, CURLoption option, long value) {
  return library.curl_easy_setopt(easy, option, value);
}
CURLcode comfy_easy_set_offset(CURL *easy, CURLoption option, int64_t value) {
  return library.curl_easy_setopt(easy, option, (curl_off_t)value);
}
CURLcode comfy_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return library.curl_easy_setopt(easy, option, value);
}
CURLcode comfy_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return library.curl_easy_setopt(easy, option, value);
}
CURLcode comfy_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return library.curl_easy_setopt(easy, option, value);
}
CURLcode comfy_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return library.curl_easy_getinfo(easy, info, value);
}
CURLcode comfy_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return library.curl_easy_getinfo(easy, info, value);
}

static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address) {
  const struct comfy_transfer_callbacks *callbacks = context;
  (void)purpose;
  if (callbacks->address &&
      !callbacks->address(&address->addr, address->addrlen, callbacks->context))
    return CURL_SOCKET_BAD;
  int type = address->socktype;
#ifdef SOCK_CLOEXEC
  type |= SOCK_CLOEXEC;
#endif
  return socket(address->family, type, address->protocol);
}

static int before_request(void *context, char *peer, char *local, int peer_port, int local_port) {
  const struct comfy_transfer_callbacks *callbacks = context;
  (void)local, (void)peer_port, (void)local_port;
  return callbacks->peer(peer, callbacks->context) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CURLcode comfy_easy_set_callbacks(CURL *easy, const struct comfy_transfer_callbacks *callbacks) {
  void *context = (void *)callbacks;
  CURLcode code = library.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callbacks->body);
  if (!code) code = library.curl_easy_setopt(easy, CURLOPT_WRITEDATA, callbacks->context);
  if (!code) code = library.curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callbacks->header);
  if (!code) code = library.curl_easy_setopt(easy, CURLOPT_HEADERDATA, callbacks->context);
  if (!code) code = library.curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  if (!code) code = library.curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
  if (!code && callbacks->peer) {
    code = library.curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    if (!code) code = library.curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
  }
  return code;
}

CURLcode comfy_easy_set_read(CURL *easy, comfy_bytes_callback read, void *context) {
  CURLcode code = library.curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
  return code ? code : library.curl_easy_setopt(easy, CURLOPT_READDATA, context);
}

CURLM *comfy_multi_init(void) { return library.curl_multi_init(); }
void comfy_multi_cleanup(CURLM *multi) { library.curl_multi_cleanup(multi); }
CURLMcode comfy_multi_add(CURLM *multi, CURL *easy) {
  return library.curl_multi_add_handle(multi, easy);
}
CURLMcode comfy_multi_remove(CURLM *multi, CURL *easy) {
  return library.curl_multi_remove_handle(multi, easy);
}
CURLMcode comfy_multi_perform(CURLM *multi, int *running) {
  return library.curl_multi_perform(multi, running);
}
CURLMcode comfy_multi_poll(CURLM *multi, int milliseconds) {
  return library.curl_multi_poll(multi, NULL, 0, milliseconds, NULL);
}
CURLMcode comfy_multi_wakeup(CURLM *multi) { return library.curl_multi_wakeup(multi); }
CURLMcode comfy_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return library.curl_multi_setopt(multi, option, value);
}

CURL *comfy_multi_finished(CURLM *multi, CURLcode *result) {
  int waiting;
  CURLMsg *message;
  while ((message = library.curl_multi_info_read(multi, &waiting)))
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  return NULL;
}

struct curl_slist *comfy_list_append(struct curl_slist *list, const char *text) {
  return library.curl_slist_append(list, text);
}
void comfy_list_free(struct curl_slist *list) { library.curl_slist_free_all(list); }

CURLU *comfy_url_init(void) { return library.curl_url(); }
void comfy_url_cleanup(CURLU *url) { library.curl_url_cleanup(url); }
CURLUcode comfy_url_set(CURLU *url, CURLUPart part, const char *value, unsigned flags) {
  return library.curl_url_set(url, part, value, flags);
}
char *comfy_url_get(CURLU *url, CURLUPart part, unsigned flags) {
  char *value = NULL;
  return library.curl_url_get(url, part, &value, flags) == CURLUE_OK ? value : NULL;
}
void comfy_free(void *memory) { library.curl_free(memory); }
