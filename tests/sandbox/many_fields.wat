;; More fields than a schema may have.
(memory $memory (export "memory") 10)
(data $description (i32.const 256) (i32 4096 7  4160 5  4224 20  512 1  4352 4  0 0  262144 1001))
