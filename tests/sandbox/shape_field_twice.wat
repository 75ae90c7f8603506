;; The shape has one field twice.
(data $shape_fields (i32.const 2144) (i32 0 0))
