/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* report.c - statistics as text: JSON, Prometheus, and what glibc's programs ask for.
 *
 * Text is made in a buffer on the stack and flushed to a file or copied to the caller: no
 * allocation, so the numbers describe the program and not the report.
 */
#include "report.h"
#include "allocate.h"
#include "config.h"
#include "error.h"
#include "escapement/runtime.h"
#include "heap.h"
#include "scavenge.h"
#include "sys.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_BYTES = 4096, STDERR = 2 };

/* NAME, the field, what it is for Prometheus, and its help. */
#define NUMBERS                                                                                    \
    NUMBER(allocs, "counter", "allocations since the start")                                       \
    NUMBER(frees, "counter", "frees since the start")                                              \
    NUMBER(bytes_allocated, "counter", "bytes allocated since the start")                          \
    NUMBER(objects, "gauge", "objects in use")                                                     \
    NUMBER(bytes_in_use, "gauge", "bytes of objects in use")                                       \
    NUMBER(large_objects, "gauge", "objects in use above the largest size class")                  \
    NUMBER(large_bytes, "gauge", "bytes of those")                                                 \
    NUMBER(cached_bytes, "gauge", "free objects in the caches of CPUs")                            \
    NUMBER(span_idle_bytes, "gauge", "free objects and unused ends in spans in use")               \
    NUMBER(idle_bytes, "gauge", "free pages that are resident")                                    \
    NUMBER(released_bytes, "gauge", "free pages that are not resident")                            \
    NUMBER(scavenged_bytes, "counter", "bytes given back to the system since the start")           \
    NUMBER(mapped_bytes, "gauge", "addresses in use, idle and released")                           \
    NUMBER(in_use_bytes, "gauge", "pages of spans in use")                                         \
    NUMBER(peak_in_use_bytes, "gauge", "the most there were")                                      \
    NUMBER(metadata_bytes, "gauge", "memory about memory")                                         \
    NUMBER(spans, "gauge", "spans in use")                                                         \
    NUMBER(soft_limit, "gauge", "the soft memory limit, 0 without")                                \
    NUMBER(hard_limit, "gauge", "the hard memory limit, 0 without")

#define CLASS_NUMBERS                                                                              \
    NUMBER(allocs, "counter", "allocations since the start, by size class")                        \
    NUMBER(frees, "counter", "frees since the start, by size class")                               \
    NUMBER(in_use, "gauge", "objects in use, by size class")                                       \
    NUMBER(cached, "gauge", "free objects in caches, by size class")                               \
    NUMBER(idle, "gauge", "free objects in spans in use, by size class")                           \
    NUMBER(spans, "gauge", "spans, by size class")

/* Bytes of pages in use for each thousand of bytes in objects in use: 1000 is no fragmentation. */
static uint64_t fragmentation(const EscrtStats *s) {
    return s->bytes_in_use ? s->in_use_bytes * 1000 / s->bytes_in_use : 1000;
}

static void print_json(Text *text, const EscrtStats *s) {
    escrt_text_print(text, "{\n");
#define NUMBER(name, type, help)                                                                   \
    escrt_text_print(text, "  \"" #name "\": %lu,\n", (unsigned long)s->name);
    NUMBERS
#undef NUMBER
    escrt_text_print(text, "  \"fragmentation_per_mille\": %lu,\n  \"classes\": [\n",
                     (unsigned long)fragmentation(s));
    for (uint32_t i = 0; i < s->num_classes; i++) {
        const EscrtClassStats *c = &s->classes[i];
        escrt_text_print(text, "    {\"size\": %u", c->size);
#define NUMBER(name, type, help)                                                                   \
    escrt_text_print(text, ", \"" #name "\": %lu", (unsigned long)c->name);
        CLASS_NUMBERS
#undef NUMBER
        escrt_text_print(text, "}%s\n", i + 1 < s->num_classes ? "," : "");
    }
    escrt_text_print(text, "  ]\n}\n");
}

static void print_prometheus(Text *text, const EscrtStats *s) {
#define NUMBER(name, type, help)                                                                   \
    escrt_text_print(text,                                                                         \
                     "# HELP escapement_" #name " " help "\n# TYPE escapement_" #name " " type     \
                     "\nescapement_" #name " %lu\n",                                               \
                     (unsigned long)s->name);
    NUMBERS
#undef NUMBER
#define NUMBER(name, type, help)                                                                   \
    escrt_text_print(text, "# HELP escapement_class_" #name " " help                               \
                           "\n# TYPE escapement_class_" #name " " type "\n");                      \
    for (uint32_t i = 0; i < s->num_classes; i++)                                                  \
        escrt_text_print(text, "escapement_class_" #name "{size=\"%u\"} %lu\n",                    \
                         s->classes[i].size, (unsigned long)s->classes[i].name);
    CLASS_NUMBERS
#undef NUMBER
}

typedef void Printer(Text *text, const EscrtStats *s);

static size_t to_buffer(Printer *print, char *buffer, size_t capacity) {
    EscrtStats s;
    escrt_stats(&s, sizeof s);
    Text text = {.bytes = buffer, .capacity = capacity ? capacity - 1 : 0, .fd = -1};
    print(&text, &s);
    if (capacity)
        buffer[text.length] = '\0';
    return text.total;
}

EXPORT size_t escrt_stats_json(char *buffer, size_t capacity) {
    return to_buffer(print_json, buffer, capacity);
}

EXPORT size_t escrt_stats_prometheus(char *buffer, size_t capacity) {
    return to_buffer(print_prometheus, buffer, capacity);
}

/* ---- ESCAPEMENT_STATS ---------------------------------------------------------------------- */

static void to_file(Printer *print, int fd) {
    char buffer[BUFFER_BYTES];
    EscrtStats s;
    escrt_stats(&s, sizeof s);
    Text text = {.bytes = buffer, .capacity = sizeof buffer, .fd = fd};
    print(&text, &s);
    escrt_text_flush(&text);
}

/* FILE with %p replaced by the process' number, so that children have files of their own. */
static void file_name(char *name, size_t capacity, const char *pattern) {
    Text text = {.bytes = name, .capacity = capacity - 1, .fd = -1};
    for (; *pattern; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 'p')
            escrt_text_print(&text, "%d", (int)sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0)), pattern++;
        else
            escrt_text_print(&text, "%c", *pattern);
    }
    name[text.length] = '\0';
}

/* json:FILE, prometheus:FILE; "-" is standard error. */
static void write_stats(void) {
    static const char json[] = "json:", prometheus[] = "prometheus:";
    const char *where = escrt_config.stats;
    Printer *print = NULL;
    char name[BUFFER_BYTES];
    if (strncmp(where, json, sizeof json - 1) == 0)
        print = print_json, where += sizeof json - 1;
    else if (strncmp(where, prometheus, sizeof prometheus - 1) == 0)
        print = print_prometheus, where += sizeof prometheus - 1;
    if (!print || !*where) {
        escrt_warn("ESCAPEMENT_STATS=%s: neither json:FILE nor prometheus:FILE",
                   escrt_config.stats);
        return;
    }
    file_name(name, sizeof name, where);
    int fd = strcmp(name, "-") == 0 ? STDERR : escrt_sys_create(name);
    if (fd < 0) {
        escrt_warn("ESCAPEMENT_STATS: cannot write %s (error %d)", name, -fd);
        return;
    }
    to_file(print, fd);
    if (fd != STDERR)
        escrt_sys_close(fd);
}

static void on_signal(int number) {
    (void)number;
    write_stats();
}

void escrt_report_start(void) {
    if (!escrt_config.stats || !escrt_config.stats_signal)
        return;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    int saved = errno;
    if (sigaction((int)escrt_config.stats_signal, &action, NULL) != 0)
        escrt_warn("ESCAPEMENT_STATS_SIGNAL=%zu: this signal cannot be caught",
                   escrt_config.stats_signal);
    errno = saved;
}

void escrt_report_exit(void) {
    if (escrt_config.stats)
        write_stats();
}

/* ---- glibc's reports ----------------------------------------------------------------------- */

EXPORT struct mallinfo2 mallinfo2(void) {
    EscrtStats s;
    escrt_stats(&s, sizeof s);
    size_t free_bytes = s.cached_bytes + s.span_idle_bytes + s.idle_bytes;
    return (struct mallinfo2){.arena = s.in_use_bytes + s.idle_bytes,
                              .ordblks = s.spans,
                              .hblks = s.large_objects,
                              .hblkhd = s.large_bytes,
                              .uordblks = s.bytes_in_use,
                              .fordblks = free_bytes,
                              .keepcost = s.idle_bytes};
}

static int clamped(size_t n) {
    return n > INT32_MAX ? INT32_MAX : (int)n;
}

EXPORT struct mallinfo mallinfo(void) {
    struct mallinfo2 m = mallinfo2();
    return (struct mallinfo){.arena = clamped(m.arena),
                             .ordblks = clamped(m.ordblks),
                             .hblks = clamped(m.hblks),
                             .hblkhd = clamped(m.hblkhd),
                             .uordblks = clamped(m.uordblks),
                             .fordblks = clamped(m.fordblks),
                             .keepcost = clamped(m.keepcost)};
}

EXPORT int malloc_info(int options, FILE *file) {
    if (options != 0) {
        errno = EINVAL;
        return -1;
    }
    struct mallinfo2 m = mallinfo2();
    int n = fprintf(file,
                    "<malloc version=\"escapement-1\">\n<heap nr=\"0\">\n"
                    "<system type=\"current\" size=\"%zu\"/>\n<inuse size=\"%zu\"/>\n"
                    "<free size=\"%zu\"/>\n</heap>\n</malloc>\n",
                    m.arena, m.uordblks, m.fordblks);
    return n < 0 ? -1 : 0;
}

EXPORT void malloc_stats(void) {
    struct mallinfo2 m = mallinfo2();
    char bytes[256];
    Text text = {.bytes = bytes, .capacity = sizeof bytes, .fd = STDERR};
    escrt_text_print(&text, "system bytes     = %zu\nin use bytes     = %zu\n", m.arena,
                     m.uordblks);
    escrt_text_flush(&text);
}

/* Every parameter of glibc's is accepted; none means anything here. */
EXPORT int mallopt(int parameter, int value) {
    (void)parameter;
    (void)value;
    return 1;
}

EXPORT int malloc_trim(size_t keep) {
    return escrt_init() && escrt_scavenge_now(keep) > 0;
}
