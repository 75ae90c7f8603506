;; It exports our interface by name, with nothing in it.
;;; make: component
(component
(instance $nothing)
(export "outparse:plugin/parser@0.2.0" (instance $nothing))
)
