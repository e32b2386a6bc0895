package nodeapi

import (
	"net/http"
	"slices"
	"strings"
)

// headerAccessKey names the access key of a bearer token (node.md S1).
const headerAccessKey = "X-Aspera-AccessKey"

// authenticate finds out who asks, by basic authentication or a bearer token,
// and refuses what holders of bearer tokens may not call.
func (x *exchange) authenticate() (err error) {
	scheme, token, _ := strings.Cut(x.Request.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") {
		if x.caller, err = x.node.World.AuthenticateBearer(token, x.Request.Header.Get(headerAccessKey)); err != nil {
			return err
		}
		if !openToBearers(x.Pattern) {
			return refuse(http.StatusForbidden, "%s %s does not take a bearer token", x.Method, x.URL.Path)
		}
		return nil
	}
	name, secret, given := x.BasicAuth()
	if !given {
		return refuse(http.StatusUnauthorized, "Authentication by node user, access key or bearer token is required")
	}
	x.caller, err = x.node.World.Authenticate(name, secret)
	return err
}

// bearerPaths are what holders of bearer tokens may call, with all that is
// below (node.md S1). download_setup is not for them in the OpenAPI document,
// but clients ask it for the ports of a node (node.md 8.3 and 20).
var bearerPaths = []string{
	"/files/{id}", "/files/download_setup", "/permissions", "/ops/transfers", "/events", "/streams", "/usage",
	"/self", "/access_keys/self", "/info", "/public_keys",
}

// openToBearers tells whether a route is open to holders of bearer tokens. The
// route of what does not exist is open to all.
func openToBearers(pattern string) bool {
	_, path, hasMethod := strings.Cut(pattern, " ")
	if !hasMethod {
		return true
	}
	return slices.ContainsFunc(bearerPaths, func(open string) bool {
		return path == open || strings.HasPrefix(path, open+"/")
	})
}
