;; A million commands that it says it reads.
;;; limits: memory = 134217728
(memory $memory (export "memory") 800)
(data $parser (i32.const 768) (i32 4096 7  4224 20  512 1000000  0 0  0 0  4352 4  0 0  0))
