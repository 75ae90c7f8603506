;; A million columns in a batch.
;;; limits: memory = 134217728
(memory $memory (export "memory") 800)
(data $answer (i32.const 2048) (i32 0 0  1  2304 1000000  0 0))
