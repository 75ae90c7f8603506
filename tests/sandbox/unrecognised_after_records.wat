;; After its first record it says that this is not what it reads.
(data $reason (i32.const 4608) "this is the output of `ls`")
(data $last_answer (i32.const 2176) (i32 1 0  0 0  1 0  0 0  0 4608 26  0))
