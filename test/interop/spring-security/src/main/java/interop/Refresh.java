// Refreshes tokens as Spring does before expiry; here every access token counts as expired.
package interop;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Map;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class Refresh {
  private final OAuth2AuthorizedClientRepository clients;
  private final DefaultOAuth2AuthorizedClientManager manager;

  Refresh(ClientRegistrationRepository registrations, OAuth2AuthorizedClientRepository clients) {
    this.clients = clients;
    this.manager = new DefaultOAuth2AuthorizedClientManager(registrations, clients);
    this.manager.setAuthorizedClientProvider(OAuth2AuthorizedClientProviderBuilder.builder()
        .refreshToken(settings -> settings.clockSkew(Duration.ofDays(2)))
        .build());
  }

  @GetMapping("/refresh")
  Map<String, Object> refresh(
      Authentication user, HttpServletRequest request, HttpServletResponse response) {
    OAuth2AuthorizedClient before = clients.loadAuthorizedClient("ostiary", user, request);
    OAuth2AuthorizedClient after = manager.authorize(
        OAuth2AuthorizeRequest.withAuthorizedClient(before)
            .principal(user)
            .attribute(HttpServletRequest.class.getName(), request)
            .attribute(HttpServletResponse.class.getName(), response)
            .build());
    if (after.getAccessToken().getTokenValue().equals(before.getAccessToken().getTokenValue())) {
      throw new IllegalStateException("nothing was renewed");
    }
    return Map.of("sub", user.getName());
  }
}
