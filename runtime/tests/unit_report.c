/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* unit_report.c - the numbers say the same whoever is asked: the struct, JSON, Prometheus' text,
 * glibc's functions.
 */
#include "check.h"
#include "escapement/runtime.h"

#include <malloc.h>
#include <string.h>

enum { OBJECTS = 500, ROOM = 1 << 16 };

static void *objects[OBJECTS];
static char text[ROOM];

static void allocate_some(void) {
    for (size_t i = 0; i < OBJECTS; i++)
        objects[i] = malloc(i * i);
}

static void free_some(void) {
    for (size_t i = 0; i < OBJECTS; i++)
        free(objects[i]);
}

/* The number behind the key, ULLONG_MAX without one. */
static unsigned long long number_of(const char *key) {
    const char *at = strstr(text, key);
    return at ? strtoull(at + strlen(key), NULL, 10) : ~0ull;
}

static void classes_and_large_objects_add_up(void) {
    EscrtStats s;
    allocate_some();
    escrt_stats(&s, sizeof s);
    uint64_t objects_in_use = s.large_objects, bytes = s.large_bytes;
    for (uint32_t i = 0; i < s.num_classes; i++) {
        const EscrtClassStats *c = &s.classes[i];
        CHECK(c->allocs == c->frees + c->in_use);
        CHECK(i == 0 || c->size > s.classes[i - 1].size);
        objects_in_use += c->in_use;
        bytes += c->in_use * c->size;
    }
    CHECK(s.objects == objects_in_use && s.bytes_in_use == bytes);
    CHECK(s.objects == s.allocs - s.frees && s.objects >= OBJECTS);
    CHECK(s.large_objects > 0 && s.peak_in_use_bytes >= s.in_use_bytes);
    free_some();
}

static void json_and_prometheus_have_the_numbers_of_the_struct(void) {
    EscrtStats s;
    allocate_some();
    escrt_stats(&s, sizeof s);
    CHECK(escrt_stats_json(text, ROOM) == strlen(text));
    CHECK(number_of("\"allocs\": ") == s.allocs && number_of("\"objects\": ") == s.objects);
    CHECK(number_of("\"bytes_in_use\": ") == s.bytes_in_use);
    CHECK(escrt_stats_prometheus(text, ROOM) == strlen(text));
    CHECK(number_of("\nescapement_allocs ") == s.allocs);
    CHECK(number_of("\nescapement_mapped_bytes ") == s.mapped_bytes);
    CHECK(number_of("\nescapement_class_in_use{size=\"16\"} ") == s.classes[0].in_use);
    free_some();
}

static void text_is_cut_to_what_there_is_room_for(void) {
    size_t length = escrt_stats_json(NULL, 0);
    char few[10];
    memset(few, 'x', sizeof few);
    CHECK(length > 1000 && escrt_stats_json(few, sizeof few) == length);
    CHECK(few[9] == '\0' && strncmp(few, "{\n  \"allo", 9) == 0);
    CHECK(escrt_stats_prometheus(few, 1) > 1000 && few[0] == '\0');
}

static void an_older_struct_is_not_written_beyond(void) {
    struct {
        EscrtStats stats;
    } s;
    memset(&s, 0x5a, sizeof s);
    escrt_stats(&s.stats, 3 * sizeof(uint64_t));
    CHECK(s.stats.bytes_allocated != 0x5a5a5a5a5a5a5a5au);
    CHECK(s.stats.objects == 0x5a5a5a5a5a5a5a5au);
}

static void glibcs_functions_have_the_same_numbers(void) {
    EscrtStats s;
    allocate_some();
    FILE *stream = fmemopen(text, ROOM, "w");
    if (!CHECK(stream != NULL))
        return;
    setvbuf(stream, NULL, _IONBF, 0);
    CHECK(malloc_info(0, stream) == 0);
    struct mallinfo2 info = mallinfo2();
    escrt_stats(&s, sizeof s);
    CHECK(info.uordblks == s.bytes_in_use && info.hblkhd == s.large_bytes);
    CHECK(info.hblks == s.large_objects && info.arena == s.in_use_bytes + s.idle_bytes);
    CHECK(info.fordblks == s.cached_bytes + s.span_idle_bytes + s.idle_bytes);
    CHECK(number_of("<inuse size=\"") == s.bytes_in_use);
    CHECK(number_of("<system type=\"current\" size=\"") == info.arena);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    CHECK((size_t)mallinfo().uordblks == s.bytes_in_use);
#pragma GCC diagnostic pop
    fclose(stream);
    free_some();
}

static void malloc_stats_prints_to_standard_error(void) {
    int ends[2], saved = dup(STDERR_FILENO);
    CHECK(pipe(ends) == 0);
    dup2(ends[1], STDERR_FILENO);
    malloc_stats();
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    ssize_t length = read(ends[0], text, ROOM - 1);
    close(ends[0]);
    close(saved);
    text[length > 0 ? length : 0] = '\0';
    CHECK(number_of("in use bytes     = ") == mallinfo2().uordblks);
}

static void the_other_names_are_of_the_same_heap(void) {
    void *start, *p = escrt_malloc(100), *q = malloc(100);
    size_t bytes;
    CHECK(escrt_object_of(p, &start, &bytes) && start == p && bytes >= 100);
    free(p);
    escrt_free(q);
    escrt_free(NULL);
}

int main(void) {
    RUN(classes_and_large_objects_add_up);
    RUN(json_and_prometheus_have_the_numbers_of_the_struct);
    RUN(text_is_cut_to_what_there_is_room_for);
    RUN(an_older_struct_is_not_written_beyond);
    RUN(glibcs_functions_have_the_same_numbers);
    RUN(malloc_stats_prints_to_standard_error);
    RUN(the_other_names_are_of_the_same_heap);
    return check_report();
}
