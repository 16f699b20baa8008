parameters.c:10:26: parameter b leaks to {heap} with derefs=1:
parameters.c:10:26:   flow: {heap} = *b:
parameters.c:10:26:     from held = d (stored in global) at parameters.c:12:10
parameters.c:10:26: leaking param content: b
parameters.c:15:26: parameter b leaks to ~r0 with derefs=1:
parameters.c:15:26:   flow: ~r0 = *b:
parameters.c:15:26:     from return b->data (return) at parameters.c:16:5
parameters.c:15:26: leaking param: b to result ~r0 level=1
parameters.c:19:18: parameter p leaks to {heap} with derefs=0:
parameters.c:19:18:   flow: {heap} = p:
parameters.c:19:18:     from *out = p (stored through parameter) at parameters.c:20:10
parameters.c:19:18: leaking param: p
parameters.c:19:28: out does not escape
