;; A million problems: a few are shown, and the number of the others.
;;; limits: memory = 134217728, batch = 134217728
;;; host-memory: 268435456
(memory $memory (export "memory") 600)
(data $answer (i32.const 2048) (i32 0 0  2112 1  2240 1  131072 1000000))
