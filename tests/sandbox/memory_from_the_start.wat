;; It is larger than it may be before it runs.
(memory $memory (export "memory") 20000)
