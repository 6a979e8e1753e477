// libcurl, loaded when it is first needed: the functions that we use, each with its types.
//
// curl_easy_setopt and curl_easy_getinfo are variadic, so Swift cannot call them; here there is one
// function for each type of argument. Call a function only after comfy_curl_load has succeeded.

#ifndef COMFY_CCURL_H
#define COMFY_CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads and initialises libcurl: the system's, or else the one of a Python package below `prefix`,
/// which may be NULL. Returns NULL on success, otherwise the error, a string that stays valid.
/// Thread safe; later calls return the result of the first.
const char *comfy_curl_load(const char *prefix);

/// The version of the loaded library: 7.88.1.
const char *comfy_curl_version(void);
/// Its TLS library: OpenSSL/3.0.11. NULL when it has none.
const char *comfy_curl_tls(void);
/// The file or folder of certificates that it was built to use; NULL when it uses the system's.
const char *comfy_curl_certificates(void);

CURL *comfy_easy_init(void);
void comfy_easy_cleanup(CURL *easy);
void comfy_easy_reset(CURL *easy);
CURLcode comfy_easy_pause(CURL *easy, int mask);
const char *comfy_easy_strerror(CURLcode code);
CURLcode comfy_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode comfy_easy_set_offset(CURL *easy, CURLoption option, int64_t value);
CURLcode comfy_easy_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode comfy_easy_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode comfy_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode comfy_easy_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode comfy_easy_get_pointer(CURL *easy, CURLINFO info, void **value);

/// Receive body and header bytes; return the number taken, or CURL_WRITEFUNC_PAUSE. Any other value
/// ends the transfer with an error.
typedef size_t (*comfy_bytes_callback)(char *bytes, size_t size, size_t count, void *context);
/// Whether a connection to the address, a struct sockaddr of `length` bytes, may be made.
typedef bool (*comfy_address_callback)(const void *address, size_t length, void *context);
/// Whether a request may be sent to a connected peer, given its numeric address.
typedef bool (*comfy_peer_callback)(const char *address, void *context);

struct comfy_transfer_callbacks {
  comfy_bytes_callback body;
  comfy_bytes_callback header;
  comfy_address_callback address;
  comfy_peer_callback peer;
  void *context;
};

/// Sets all callbacks; `callbacks` must outlive the transfer. With NULL for `address` and `peer`,
/// every address is allowed.
CURLcode comfy_easy_set_callbacks(CURL *easy, const struct comfy_transfer_callbacks *callbacks);

/// Sets what gives the bytes of a body that is sent: fills a buffer, and returns the number of bytes,
/// 0 at the end, or CURL_READFUNC_ABORT.
CURLcode comfy_easy_set_read(CURL *easy, comfy_bytes_callback read, void *context);

CURLM *comfy_multi_init(void);
void comfy_multi_cleanup(CURLM *multi);
CURLMcode comfy_multi_add(CURLM *multi, CURL *easy);
CURLMcode comfy_multi_remove(CURLM *multi, CURL *easy);
CURLMcode comfy_multi_perform(CURLM *multi, int *running);
CURLMcode comfy_multi_poll(CURLM *multi, int milliseconds);
CURLMcode comfy_multi_wakeup(CURLM *multi);
CURLMcode comfy_multi_set_long(CURLM *multi, CURLMoption option, long value);
/// The next finished transfer; NULL when there is none.
CURL *comfy_multi_finished(CURLM *multi, CURLcode *result);

struct curl_slist *comfy_list_append(struct curl_slist *list, const char *text);
void comfy_list_free(struct curl_slist *list);

CURLU *comfy_url_init(void);
void comfy_url_cleanup(CURLU *url);
CURLUcode comfy_url_set(CURLU *url, CURLUPart part, const char *value, unsigned flags);
/// The part, which the caller releases with comfy_free; NULL when the address has none.
char *comfy_url_get(CURLU *url, CURLUPart part, unsigned flags);
void comfy_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
