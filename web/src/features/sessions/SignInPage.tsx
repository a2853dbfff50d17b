/** The front door. */
import { Link } from "@tanstack/react-router";
import { useText } from "../../i18n/i18n.tsx";
import { FrontDoor } from "./FrontDoor.tsx";
import { SignInForm } from "./SignInForm.tsx";

const link = "rounded-sm font-medium text-accent underline-offset-2 hover:underline";

export function SignInPage() {
  const text = useText();
  return (
    <FrontDoor title={text.signIn.title} lead={text.signIn.lead}>
      <SignInForm>
        <p className="mt-6 flex flex-wrap justify-between gap-x-6 gap-y-2 text-sm">
          <Link to="/forgot-password" className={link}>{text.passwords.forgot}</Link>
          <Link to="/register" className={link}>{text.registration.link}</Link>
        </p>
      </SignInForm>
    </FrontDoor>
  );
}
