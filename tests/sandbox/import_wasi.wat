;; It asks for the environment.
;;; make: component
(component
(import "wasi:cli/environment@0.2.6" (instance (export "get-arguments" (func (result (list string))))))
(import "wasi:clocks/wall-clock@0.2.6" (instance (export "now" (func (result u64)))))
)
