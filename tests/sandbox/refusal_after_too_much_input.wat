;; It reads more than is kept for the next parser, and then says that this is not what it reads.
;;; limits: replay = 5
(data $reason (i32.const 4608) "this is the output of `ls`")
(data $answer (i32.const 2048) (i32 0 0  0 0  0 0  0 0))
(data $last_answer (i32.const 2176) (i32 1 0  0 0  1 0  0 0  0 4608 26  0))
