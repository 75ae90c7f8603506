;; A million fields.
;;; limits: memory = 134217728
(memory $memory (export "memory") 1500)
(data $schema_answer (i32.const 896) (i32 1024 1000000  0 0  0))
