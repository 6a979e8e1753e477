#include "CManual.h"

#include <stddef.h>
#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct {
  const char *name;
  const char *text;
} pages[] = {
    {"comfy-add-intent.1", (const char[]){
#embed "../../man/comfy-add-intent.1"
        , 0}},
    {"comfy-add-model.1", (const char[]){
#embed "../../man/comfy-add-model.1"
        , 0}},
    {"comfy-add-source.1", (const char[]){
#embed "../../man/comfy-add-source.1"
        , 0}},
    {"comfy-cli.7", (const char[]){
#embed "../../man/comfy-cli.7"
        , 0}},
    {"comfy-completion.1", (const char[]){
#embed "../../man/comfy-completion.1"
        , 0}},
    {"comfy-diff.1", (const char[]){
#embed "../../man/comfy-diff.1"
        , 0}},
    {"comfy-drop-model.1", (const char[]){
#embed "../../man/comfy-drop-model.1"
        , 0}},
    {"comfy-drop-node.1", (const char[]){
#embed "../../man/comfy-drop-node.1"
        , 0}},
    {"comfy-drop-source.1", (const char[]){
#embed "../../man/comfy-drop-source.1"
        , 0}},
    {"comfy-drop-workflow.1", (const char[]){
#embed "../../man/comfy-drop-workflow.1"
        , 0}},
    {"comfy-embed-models.1", (const char[]){
#embed "../../man/comfy-embed-models.1"
        , 0}},
    {"comfy-fetch-intents.1", (const char[]){
#embed "../../man/comfy-fetch-intents.1"
        , 0}},
    {"comfy-find-sources.1", (const char[]){
#embed "../../man/comfy-find-sources.1"
        , 0}},
    {"comfy-fsck.1", (const char[]){
#embed "../../man/comfy-fsck.1"
        , 0}},
    {"comfy-hash-model.1", (const char[]){
#embed "../../man/comfy-hash-model.1"
        , 0}},
    {"comfy-help.1", (const char[]){
#embed "../../man/comfy-help.1"
        , 0}},
    {"comfy-index.5", (const char[]){
#embed "../../man/comfy-index.5"
        , 0}},
    {"comfy-init.1", (const char[]){
#embed "../../man/comfy-init.1"
        , 0}},
    {"comfy-list-intents.1", (const char[]){
#embed "../../man/comfy-list-intents.1"
        , 0}},
    {"comfy-list-models.1", (const char[]){
#embed "../../man/comfy-list-models.1"
        , 0}},
    {"comfy-list-nodes.1", (const char[]){
#embed "../../man/comfy-list-nodes.1"
        , 0}},
    {"comfy-list-refs.1", (const char[]){
#embed "../../man/comfy-list-refs.1"
        , 0}},
    {"comfy-loaders.5", (const char[]){
#embed "../../man/comfy-loaders.5"
        , 0}},
    {"comfy-log.1", (const char[]){
#embed "../../man/comfy-log.1"
        , 0}},
    {"comfy-manifest.5", (const char[]){
#embed "../../man/comfy-manifest.5"
        , 0}},
    {"comfy-match-nodes.1", (const char[]){
#embed "../../man/comfy-match-nodes.1"
        , 0}},
    {"comfy-match-refs.1", (const char[]){
#embed "../../man/comfy-match-refs.1"
        , 0}},
    {"comfy-place-model.1", (const char[]){
#embed "../../man/comfy-place-model.1"
        , 0}},
    {"comfy-prune.1", (const char[]){
#embed "../../man/comfy-prune.1"
        , 0}},
    {"comfy-push.1", (const char[]){
#embed "../../man/comfy-push.1"
        , 0}},
    {"comfy-push-models.1", (const char[]){
#embed "../../man/comfy-push-models.1"
        , 0}},
    {"comfy-records.5", (const char[]){
#embed "../../man/comfy-records.5"
        , 0}},
    {"comfy-resolve.1", (const char[]){
#embed "../../man/comfy-resolve.1"
        , 0}},
    {"comfy-search.1", (const char[]){
#embed "../../man/comfy-search.1"
        , 0}},
    {"comfy-security.7", (const char[]){
#embed "../../man/comfy-security.7"
        , 0}},
    {"comfy-set-criticality.1", (const char[]){
#embed "../../man/comfy-set-criticality.1"
        , 0}},
    {"comfy-set-hash.1", (const char[]){
#embed "../../man/comfy-set-hash.1"
        , 0}},
    {"comfy-set-node.1", (const char[]){
#embed "../../man/comfy-set-node.1"
        , 0}},
    {"comfy-set-widget.1", (const char[]){
#embed "../../man/comfy-set-widget.1"
        , 0}},
    {"comfy-show.1", (const char[]){
#embed "../../man/comfy-show.1"
        , 0}},
    {"comfy-status.1", (const char[]){
#embed "../../man/comfy-status.1"
        , 0}},
    {"comfy-store.7", (const char[]){
#embed "../../man/comfy-store.7"
        , 0}},
    {"comfy-suggest-path.1", (const char[]){
#embed "../../man/comfy-suggest-path.1"
        , 0}},
    {"comfy-sync.1", (const char[]){
#embed "../../man/comfy-sync.1"
        , 0}},
    {"comfy-tutorial.7", (const char[]){
#embed "../../man/comfy-tutorial.7"
        , 0}},
    {"comfy-undo.1", (const char[]){
#embed "../../man/comfy-undo.1"
        , 0}},
    {"comfy-update-catalog.1", (const char[]){
#embed "../../man/comfy-update-catalog.1"
        , 0}},
    {"comfy-update-index.1", (const char[]){
#embed "../../man/comfy-update-index.1"
        , 0}},
    {"comfy-version.1", (const char[]){
#embed "../../man/comfy-version.1"
        , 0}},
    {"comfy.1", (const char[]){
#embed "../../man/comfy.1"
        , 0}},
};

static const int count = sizeof pages / sizeof *pages;

const char *comfy_manual_page(const char *name) {
  for (int number = 0; number < count; number++)
    if (strcmp(pages[number].name, name) == 0) return pages[number].text;
  return NULL;
}

const char *comfy_manual_name(int number) {
  return number >= 0 && number < count ? pages[number].name : NULL;
}
