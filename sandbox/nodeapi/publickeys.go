package nodeapi

import (
	"net/http"
)

// registerPublicKey lets an SSH key in (OpenAPI, /public_keys). The one SSH user
// who logs in by key is that of transfers.
func registerPublicKey(x *exchange) error {
	var request struct {
		Username  string `json:"username"`
		PublicKey string `json:"public_key"`
	}
	if err := x.decode(&request); err != nil {
		return err
	}
	if request.Username != "" && request.Username != transferUser {
		return refuse(http.StatusBadRequest, "username cannot be %q; keys are for SSH user %s", request.Username, transferUser)
	}
	line, err := x.node.World.RegisterPublicKey(x.caller, request.PublicKey, tokenLife)
	if err != nil {
		return err
	}
	return x.json(http.StatusCreated, map[string]string{"public_key": line})
}
