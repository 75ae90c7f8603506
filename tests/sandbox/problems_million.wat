;; A million problems.
;;; limits: memory = 134217728, batch = 33554432
(memory $memory (export "memory") 600)
(data $answer (i32.const 2048) (i32 0 0  1  2304 2  65536 1000000))
