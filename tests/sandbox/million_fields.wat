;; A million fields.
;;; limits: memory = 134217728
(memory $memory (export "memory") 1200)
(data $description (i32.const 256) (i32 4096 7  4160 5  4224 20  512 1  4352 4  0 0  1024 1000000))
