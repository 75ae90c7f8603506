;; A million columns in a batch.
;;; limits: memory = 134217728
(memory $memory (export "memory") 800)
(data $batch (i32.const 2240) (i32 0 1  2304 1000000))
