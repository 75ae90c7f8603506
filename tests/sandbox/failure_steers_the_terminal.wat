;; The reason it gives clears the screen.
(data $reason (i32.const 4608) "no\1b[2J\07\c2\9b31m\0d\0anext line")
(data $answer (i32.const 2048) (i32 1 0  1 0  1 0  1 0  1 4608 23  0))
