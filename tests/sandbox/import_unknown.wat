;; It asks for a function of no name that is known.
;;; make: component
(component
(import "give-me-a-shell" (func (param "command" string)))
)
