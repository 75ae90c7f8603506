;; Records of nothing.
(data $schema_answer (i32.const 896) (i32 1024 0  0 0  0))
(data $shape (i32.const 2112) (i32 0  2144 0  0 0  0 0))
(data $shape_fields (i32.const 2144) (i32 ))
