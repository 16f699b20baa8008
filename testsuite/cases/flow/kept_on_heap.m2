kept_on_heap.c:16:29: malloc(sizeof *node) does not escape; kept on heap:
kept_on_heap.c:16:29:   flow: node = &{malloc(sizeof *node)}:
kept_on_heap.c:16:29:     from node = malloc(sizeof *node) (init) at kept_on_heap.c:16:27
kept_on_heap.c:16:29: malloc(sizeof *node) does not escape; kept on heap: two may be live at once in this loop
kept_on_heap.c:33:18: malloc(room) does not escape; kept on heap:
kept_on_heap.c:33:18:   flow: text = &{malloc(room)}:
kept_on_heap.c:33:18:     from text = malloc(room) (init) at kept_on_heap.c:33:16
kept_on_heap.c:33:18:   flow: {freed} = text:
kept_on_heap.c:33:18:     from getline (call parameter) at kept_on_heap.c:36:9
kept_on_heap.c:33:18: malloc(room) does not escape; kept on heap: reallocated by getline
kept_on_heap.c:36:9: getline(&text, &room, stdin) does not escape; kept on heap:
kept_on_heap.c:36:9:   flow: {freed} = &{getline(&text, &room, stdin)}:
kept_on_heap.c:36:9:     from getline (call parameter) at kept_on_heap.c:36:9
kept_on_heap.c:36:9: getline(&text, &room, stdin) does not escape; kept on heap: reallocated by getline
