cycle_ends.c:13:22: malloc(sizeof *a) escapes to heap:
cycle_ends.c:13:22:   flow: a = &{malloc(sizeof *a)}:
cycle_ends.c:13:22:     from a = malloc(sizeof *a) (init) at cycle_ends.c:13:20
cycle_ends.c:13:22:   flow: {heap} = a:
cycle_ends.c:13:22:     from held = p (stored in global) at cycle_ends.c:22:10
cycle_ends.c:13:22: malloc(sizeof *a) escapes to heap: stored in global held
cycle_ends.c:14:22: calloc(1, sizeof *b) escapes to heap:
cycle_ends.c:14:22:   flow: b = &{calloc(1, sizeof *b)}:
cycle_ends.c:14:22:     from b = calloc(1, sizeof *b) (init) at cycle_ends.c:14:20
cycle_ends.c:14:22:   flow: a->next = b:
cycle_ends.c:14:22:     from a->next = b (field) at cycle_ends.c:17:13
cycle_ends.c:14:22:   flow: {heap} = a->next:
cycle_ends.c:14:22:     from held = p (stored in global) at cycle_ends.c:22:10
cycle_ends.c:14:22: calloc(1, sizeof *b) escapes to heap: stored in global held
