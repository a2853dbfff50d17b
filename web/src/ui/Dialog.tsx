/** A dialog over the page; what is behind it stays as it was. */
import type { ReactNode } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";

type Props = {
  title: string;
  children: ReactNode;
  isOpen: boolean;
  /** Left out when the dialog must be answered. */
  onClose?: () => void;
};

export function Dialog({ title, children, isOpen, onClose }: Props) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(open) => open || onClose?.()}
      className="fade-in fixed inset-0 z-50 grid place-items-center overflow-y-auto bg-black/45 p-4"
    >
      <Modal className="enter w-full max-w-md rounded-lg border border-line bg-raised shadow-float">
        <AriaDialog className="p-6 outline-none">
          <Heading slot="title" className="mb-1 text-xl font-semibold">{title}</Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
