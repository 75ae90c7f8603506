;; Not an attack: it says that this is not what it reads, and nothing was lost.
(data $reason (i32.const 4608) "this is the output of `ls`")
(data $answer (i32.const 2048) (i32 0 0  0 0  0 0  0 0))
(data $last_answer (i32.const 2176) (i32 1 0  0 0  1 0  0 0  0 4608 26  0))
