;; Two kinds with one name.
(data $schema_answer (i32.const 896) (i32 1024 2  3072 2  0))
(data $kinds (i32.const 3072) (i32 4480 6  4224 20  3136 1)  (i32 4480 6  4224 20  3140 1))
(data $kind_fields (i32.const 3136) (i32 0 1))
