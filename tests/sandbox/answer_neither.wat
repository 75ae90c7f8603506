;; Its answer is neither a batch nor a failure.
(data $answer (i32.const 2048) (i32 7 0  1  2304 2  0 0))
