/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* leaks.c - what is still allocated at the end, by call site, from the heap profile's table.
 *
 * Whether anything still points to it is not asked: memory that lives until the end on purpose is
 * in the list as well, and the numbers are what the samples stand for. A frame is FILE+0xOFFSET, as
 * addr2line -e FILE takes it: names would need the loader's lock.
 */
#include "leaks.h"
#include "error.h"
#include "maps.h"
#include "sites.h"
#include "sys.h"

#include <string.h>

enum { LISTED = 20, FRAMES_SHOWN = 8, LINE_BYTES = 1024, STDERR = 2 };

typedef struct Leak {
    const Site *site;
    InUse in_use;
} Leak;

typedef struct Report {
    Leak worst[LISTED]; /* most bytes first */
    size_t count;       /* of them */
    size_t nsites;
    uint64_t objects, bytes;
} Report;

static void insert(Report *report, Leak leak) {
    size_t at = report->count;
    while (at > 0 && report->worst[at - 1].in_use.bytes < leak.in_use.bytes)
        at--;
    if (at == LISTED)
        return;
    if (report->count < LISTED)
        report->count++;
    memmove(&report->worst[at + 1], &report->worst[at], (report->count - at - 1) * sizeof leak);
    report->worst[at] = leak;
}

static void collect(Report *report) {
    for (const Site *site = escrt_sites_first(); site; site = site->next) {
        Leak leak = {site, escrt_site_in_use(site)};
        if (leak.in_use.objects == 0)
            continue;
        report->nsites++;
        report->objects += leak.in_use.objects;
        report->bytes += leak.in_use.bytes;
        insert(report, leak);
    }
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void print_frame(Text *text, const Maps *maps, uintptr_t return_address) {
    uintptr_t address = return_address - 1; /* in the call */
    const Mapping *mapping = escrt_maps_find(maps, address);
    if (!mapping || !mapping->path[0]) {
        escrt_text_print(text, "%p", (void *)address);
        return;
    }
    const Mapping *first = escrt_maps_first(maps, mapping);
    uintptr_t base = escrt_maps_is_fixed(first) ? 0 : first->start;
    escrt_text_print(text, "%s+%p", base_name(mapping->path), (void *)(address - base));
}

static void print_leak(const Leak *leak, const Maps *maps) {
    char bytes[LINE_BYTES];
    Text text = {.bytes = bytes, .capacity = sizeof bytes - 1, .fd = -1};
    escrt_text_print(&text, "escapement: leak: %lu bytes in %lu objects:", leak->in_use.bytes,
                     leak->in_use.objects);
    for (size_t i = 0; i < leak->site->depth && i < FRAMES_SHOWN; i++) {
        escrt_text_print(&text, i ? " < " : " ");
        print_frame(&text, maps, leak->site->frames[i]);
    }
    bytes[text.length++] = '\n';
    escrt_sys_write(STDERR, bytes, text.length);
}

void escrt_leaks_report(void) {
    Report report = {.count = 0};
    Maps maps;
    collect(&report);
    if (!escrt_maps_read(&maps))
        maps = (Maps){0};
    for (size_t i = 0; i < report.count; i++)
        print_leak(&report.worst[i], &maps);
    escrt_maps_drop(&maps);
    escrt_warn("leaks: %lu bytes in %lu objects from %lu call sites (sampled once in %lu bytes)",
               report.bytes, report.objects, (uint64_t)report.nsites, (uint64_t)escrt_sites_mean());
}
