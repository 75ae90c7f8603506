;; More fields than a schema may have.
(memory $memory (export "memory") 10)
(data $schema_answer (i32.const 896) (i32 262144 1001  0 0  0))
